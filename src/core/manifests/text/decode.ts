/**
 * The text of a file: UTF-8, or UTF-16 as its byte order mark or its first characters show. A byte order
 * mark stays in the text, so that offsets fit the file. Undefined for binary content.
 */
export function decode(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === 'utf-8' && bytes.subarray(0, probe).includes(0)) return undefined;
  return decoders[encoding].decode(bytes);
}

const probe = 8192;

const decoders = {
  'utf-8': new TextDecoder('utf-8', { ignoreBOM: true }),
  'utf-16le': new TextDecoder('utf-16le', { ignoreBOM: true }),
  'utf-16be': new TextDecoder('utf-16be', { ignoreBOM: true }),
};

/** As YAML 1.2, section 5.2 tells them apart: a manifest begins with an ASCII character. */
function encodingOf(bytes: Uint8Array): keyof typeof decoders {
  const [first = 1, second = 1, third = 1, fourth = 1] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (isText(first) && second === 0 && isText(third) && fourth === 0) return 'utf-16le';
  if (first === 0 && isText(second) && third === 0 && isText(fourth)) return 'utf-16be';
  return 'utf-8';
}

function isText(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || code === 0x09 || code === 0x0a || code === 0x0d;
}
