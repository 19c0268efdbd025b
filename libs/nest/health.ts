// Liveness, readiness and metrics of a process over HTTP: /healthz, /readyz, /metrics.
import { Controller, type DynamicModule, Get, Header, Inject, Module, ServiceUnavailableException } from '@nestjs/common';
import { renderMetrics } from '#observability';

export const HEALTH = Symbol('HEALTH');

/** Named checks; a check rejects with what is wrong. */
export type Health = Readonly<Record<string, () => Promise<void>>>;

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

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  metrics(): Promise<string> {
    return renderMetrics();
  }
}

@Module({})
class HealthModule {}

export const healthModule = (checks: Health): DynamicModule => ({
  module: HealthModule,
  controllers: [HealthController],
  providers: [{ provide: HEALTH, useValue: checks }],
});
