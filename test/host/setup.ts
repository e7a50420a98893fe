import { buildAll } from '../../scripts/build.ts';
import { installVsCode, releases } from '../../scripts/lib/vscode/install.ts';
import { provideChromium } from './chromium.ts';

/** What every test here needs, made once before the first of them. */
export async function setup(): Promise<void> {
  await buildAll(say);
  for (const release of Object.values(releases)) await installVsCode(release, say);
  provideChromium(say);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
