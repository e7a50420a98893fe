const headerLength = 4;

/** One message as the resident programs expect it: its length (32-bit little-endian), then JSON in UTF-8. */
export function encodeFrame(message: object): { header: Buffer; body: Buffer } {
  const body = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(headerLength);
  header.writeUInt32LE(body.length);
  return { header, body };
}

/** Puts frames together from a stream's chunks; a frame of 100 MB is copied once. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Takes the next chunk and returns the JSON values that are complete now. Throws when one is not JSON. */
  push(chunk: Buffer): unknown[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const values: unknown[] = [];
    for (let frame = this.#next(); frame; frame = this.#next())
      values.push(JSON.parse(frame.toString()));
    return values;
  }

  #next(): Buffer | undefined {
    if (this.#length < headerLength) return undefined;
    const length = this.#peek(headerLength).readUInt32LE();
    if (this.#length < headerLength + length) return undefined;
    return this.#take(headerLength + length).subarray(headerLength);
  }

  #peek(count: number): Buffer {
    const first = this.#chunks[0];
    if (first && first.length >= count) return first;
    this.#join();
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #take(count: number): Buffer {
    this.#join();
    const all = this.#chunks[0] ?? Buffer.alloc(0);
    const rest = all.subarray(count);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    return all.subarray(0, count);
  }

  #join(): void {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
  }
}
