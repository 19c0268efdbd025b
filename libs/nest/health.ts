// Liveness, readiness and metrics of a process over HTTP: /healthz, /readyz, /metrics.
import { Controller, type DynamicModule, Get, Headers, Inject, Module, Res, ServiceUnavailableException } from '@nestjs/common';
import { openMetrics, renderMetrics } from '#observability';

export const HEALTH = Symbol('HEALTH');

/** Named checks; a check rejects with what is wrong. */
export type Health = Readonly<Record<string, () => Promise<void>>>;

/** Of whichever HTTP server there is. */
interface Reply {
  header(name: string, value: string): unknown;
}

@Controller()
class HealthController {
  constructor(@Inject(HEALTH) private readonly checks: Health) {}

  @Get('healthz')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(): Promise<{ status: string; checks: Record<string, string> }> {
    const results: Record<string, string> = {};
    await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => {
        results[name] = await check().then(
          () => 'ok',
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
      }),
    );
    if (Object.values(results).some((result) => result !== 'ok'))
      throw new ServiceUnavailableException({ status: 'unavailable', checks: results });
    return { status: 'ok', checks: results };
  }

  /** With exemplars for who asks for OpenMetrics, as Prometheus does. */
  @Get('metrics')
  async metrics(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) response: Reply): Promise<string> {
    const text = await renderMetrics();
    const isOpen = accept?.includes('application/openmetrics-text') === true;
    response.header('content-type', isOpen ? 'application/openmetrics-text; version=1.0.0; charset=utf-8' : 'text/plain; version=0.0.4');
    return isOpen ? openMetrics(text) : text;
  }
}

@Module({})
class HealthModule {}

export const healthModule = (checks: Health): DynamicModule => ({
  module: HealthModule,
  controllers: [HealthController],
  providers: [{ provide: HEALTH, useValue: checks }],
});
