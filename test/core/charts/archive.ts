import { gzipSync } from 'node:zlib';

/** Files as `helm package` packs them: a folder with the chart's name. */
export function packed(chart: string, files: Record<string, string>): Buffer {
  const entries = Object.entries(files).flatMap(([name, text]) => entry(`${chart}/${name}`, text));
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

/** The chart podinfo in two versions' worth of lines. */
export function podinfo(version: string): Record<string, string> {
  return {
    'Chart.yaml': `apiVersion: v2\nname: podinfo\nversion: ${version}\n`,
    'values.yaml': 'replicas: 1\nimage:\n  tag: "1"\n',
    'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
    chart: podinfo-${version}
spec:
  replicas: {{ .Values.replicas }}
`,
  };
}

/** A header and the content, each filled up to whole blocks (POSIX ustar). */
function entry(name: string, text: string): Buffer[] {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
