/** Calls back once when nothing was heard for as many milliseconds. */
export class Guard {
  fired = false;
  readonly #timer: NodeJS.Timeout;

  constructor(patience: number, onSilence: () => void) {
    this.#timer = setTimeout(() => {
      this.fired = true;
      onSilence();
    }, patience);
  }

  heard(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
