// A station that was moved, deleted, or configured while it was let in without that has to connect anew: what it says on the connection it has would go to the site it left.
// Where that is not told, because the router is away, its edge finds out by itself within a ping interval.
import { RouterUnavailable, type World } from '#ports';

/** `newSeq`: of the assignment it has now; a connection under it is left alone. Absent = it has none. */
export async function endConnection(
  { directory, router }: Pick<World, 'directory' | 'router'>,
  tenantId: string,
  stationId: string,
  newSeq = Number.POSITIVE_INFINITY,
): Promise<void> {
  try {
    const holder = await directory.lookup(tenantId, stationId);
    if (holder === undefined || holder.generation.assignmentSeq >= newSeq) return;
    await router.send(holder.edgeId, { kind: 'reassigned', tenantId, stationId, connectionId: holder.connectionId });
  } catch (error) {
    if (!(error instanceof RouterUnavailable)) throw error;
  }
}
