/** Runs a program until the shell's input ends, as it does when the process at its other end is gone. */
const guard = `exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ cat <&3 >/dev/null; kill "$child" 2>/dev/null; } &
exec 3<&-
wait "$child"`;

/**
 * The command line that runs a program which does not look at its input, and ends it when that input ends: with a
 * pipe there, it does not outlive the process that started it, however that ends.
 */
export function guarded(program: string, args: readonly string[]): [string, string[]] {
  return ['sh', ['-c', guard, 'sh', program, ...args]];
}
