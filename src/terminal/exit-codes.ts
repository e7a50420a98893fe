/** As `kubectl diff` and `flux diff` have them; see `cli.md`. */
export const exitCodes = {
  clean: 0,
  /** Findings of severity error, or drift. */
  found: 1,
  /** The command could not do its work. */
  failed: 2,
  /** Only with `--strict`: nothing found, but something was not checked. */
  notChecked: 3,
  interrupted: 130,
} as const;
