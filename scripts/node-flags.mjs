/**
 * What Node is told wherever the product runs; the image's entry point says the same. A young generation of 4 MiB instead of 16: with hundreds of sockets
 * each look through a large one holds every station up for 10 to 30 ms (ADR 0134).
 */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];
