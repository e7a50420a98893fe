import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userCache } from './core/lib/user-cache.ts';

/**
 * The terminal's and CI's door. What it opens is a bundle of its own, so that Node keeps it compiled: to compile it
 * anew takes longer than most commands.
 */
enableCompileCache(join(userCache(), 'compiled'));
void import('./terminal/start.ts');
