/** True for a reason that ends when the chart it names is fetched; each of these says the command that does it. */
export function isFetchable(reason: string | undefined): boolean {
  return reason?.includes('`driftline fetch') === true;
}
