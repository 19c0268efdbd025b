// The edge as its own process: stations' sockets on OCPP_PORT, health and metrics on HEALTH_PORT.
// What an edge does is in edge.ts.
import { createEdge } from '#apps/edge';
import { runApp } from '#nest';

await runApp({
  name: 'edge',
  port: ({ healthPort }) => healthPort,
  readyWithout: ['database'],
  async start(world, config, logger) {
    const edge = createEdge({ world, config, logger });
    await edge.listen();
    logger.info({ port: edge.port, ...(edge.tlsPort !== undefined && { tlsPort: edge.tlsPort }) }, 'stations may connect');
    return { health: { edge: () => edge.check() }, stop: () => edge.drain() };
  },
});
