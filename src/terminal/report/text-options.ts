/** How a text report is laid out. */
export interface TextOptions {
  /** Columns of the terminal; 80 where there is none. */
  width: number;
  colour: boolean;
  verbose?: boolean;
  /** The time that ages are counted from. */
  now: Date;
}
