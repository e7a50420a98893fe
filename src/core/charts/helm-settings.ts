import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Helm keeps what is the person's own, as `helm env` says. */
export interface HelmSettings {
  repositoryConfig: string;
  repositoryCache: string;
  contentCache: string;
}

/** By Helm's rules (`pkg/helmpath`, `pkg/cli`): its own variables, then XDG's, then the platform's custom. */
export function helmSettings(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): HelmSettings {
  const home = env.HOME || homedir();
  const cacheHomes: Record<string, string> = {
    darwin: join(home, 'Library', 'Caches'),
    win32: env.TEMP ?? '',
  };
  const configHomes: Record<string, string> = {
    darwin: join(home, 'Library', 'Preferences'),
    win32: env.APPDATA ?? '',
  };
  const cache =
    env.HELM_CACHE_HOME ||
    join(env.XDG_CACHE_HOME || (cacheHomes[platform] ?? join(home, '.cache')), 'helm');
  const config =
    env.HELM_CONFIG_HOME ||
    join(env.XDG_CONFIG_HOME || (configHomes[platform] ?? join(home, '.config')), 'helm');
  return {
    repositoryConfig: env.HELM_REPOSITORY_CONFIG || join(config, 'repositories.yaml'),
    repositoryCache: env.HELM_REPOSITORY_CACHE || join(cache, 'repository'),
    contentCache: env.HELM_CONTENT_CACHE || join(cache, 'content'),
  };
}
