import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startClient } from './test/lsp/client.ts';
const [folder, n='60', seed='1'] = process.argv.slice(2) as [string, string, string];
const files = execFileSync('find',['.','-name','*.yaml'],{cwd:folder,encoding:'utf8'}).split('\n').filter(Boolean).map(f=>f.slice(2));
let s = Number(seed); const rnd = (k: number) => { s = (s * 1103515245 + 12345) & 0x7fffffff; return s % k; };
const client = await startClient({ folder, initializationOptions: { trusted: true }, capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } } });
await client.compared(({kind}) => kind === 'ready');
const t00=performance.now();
await client.open(files[0]!); await client.request('textDocument/completion', {textDocument:{uri:client.uri(files[0]!)},position:{line:0,character:0}}); await client.close(files[0]!);
console.log('first', performance.now()-t00);
const times: number[] = []; 
for (let i = 0; i < Number(n); i++) {
  const file = files[rnd(files.length)]!; const text = readFileSync(join(folder, file), 'utf8'); const lines = text.split('\n');
  const line = rnd(lines.length); const l = lines[line]!; 
  const mode = rnd(3); let col = l.length, newLine = l;
  const kv = /^(\s*(?:- )*[\w.\/-]+: )(.*)$/.exec(l);
  if (mode === 0 && kv) { newLine = kv[1]!; col = newLine.length; }
  else if (mode === 1) { newLine = l.slice(0, rnd(l.length + 1)); col = newLine.length; }
  else { newLine = ' '.repeat(l.search(/\S|$/)); col = newLine.length; }
  lines[line] = newLine;
  await client.open(file, lines.join('\n'));
  const t = performance.now();
  const r = await client.request<{items:{label:string;detail?:string}[]}|null>('textDocument/completion', { textDocument: { uri: client.uri(file) }, position: { line, character: col } });
  const took = performance.now() - t; times.push(took);
  const items = r?.items ?? [];
  console.log(`${took.toFixed(0)}ms ${file}:${line + 1} ${JSON.stringify(newLine)} (was ${JSON.stringify(l.trim()).slice(0,60)}) → ${items.length}: ${items.slice(0, 6).map(x => x.label + (x.detail ? ` (${x.detail})` : '')).join(', ').slice(0, 260)}`);
  await client.close(file);
}
times.sort((a,b)=>a-b); console.log('p50', times[times.length>>1], 'p95', times[Math.floor(times.length*.95)], 'max', times.at(-1));
console.log(readFileSync(`/proc/${client.process.pid}/status`,'utf8').match(/VmRSS.*/)?.[0]);
console.log(client.logs.filter(l => /Error|completion|gathering/.test(l)).slice(0, 5), client.errors.slice(0, 500));
await client.stop();
