import { snapshot as take } from '../../core/actions/snapshot.ts';
import { writeSnapshot } from '../../core/cluster/snapshot/write.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { deliver, progress, type Terminal, withWorkspace } from '../terminal.ts';

/** `driftline snapshot`: one environment's cluster as a file. */
export async function snapshot(
  invocation: Extract<Invocation, { command: 'snapshot' }>,
  terminal: Terminal,
): Promise<number> {
  return withWorkspace(invocation, terminal, async workspace => {
    const done = progress('Asking the cluster …', invocation, terminal);
    const taken = await take(workspace, {
      environments: await workspace.choose(invocation.environments),
      signal: terminal.signal,
    }).finally(done);
    // A file of its own, readable for its owner only: it may hold Secrets, if only their hashes.
    if (invocation.output === undefined) await deliver(taken.text, invocation, terminal);
    else await writeSnapshot(invocation.output, taken.text);
    if (!invocation.quiet) for (const note of taken.notes) terminal.stderr.write(`${note}\n`);
    return exitCodes.clean;
  });
}
