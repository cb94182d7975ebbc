import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '@ringfence/data-plane';
import { cacheDir } from '../../../src/build';
import { use } from './drivers';

/** Of the crate; the bundle takes a later one of the same kind, too. */
export const RUST_VERSION = '1.9.0';

/** Kept beside this file, the same as in a bundle: a test compares them. */
export const CARGO_FILE = join(__dirname, 'Cargo.toml');

/** The folder that {@link fetchRust} fills. */
export function rustFolder(): string {
  const hash = createHash('sha256')
    .update(RUST_VERSION)
    .update(readFileSync(CARGO_FILE))
    .digest('hex')
    .slice(0, 16);
  return join(cacheDir(), `rust-${hash}`);
}

/** Where Cargo keeps what it fetched and compiled. */
export function cargoEnvironment(dir: string): NodeJS.ProcessEnv {
  return {
    CARGO_HOME: join(dir, 'cargo'),
    CARGO_TARGET_DIR: join(dir, 'target'),
    // It takes time, and nobody debugs these.
    CARGO_PROFILE_DEV_DEBUG: '0',
  };
}

/**
 * The driver of Rust, fetched once. The first test compiles it, where it stays:
 * Cargo compiles anew what was moved.
 *
 * @throws where Cargo is missing
 */
export async function fetchRust(log: (line: string) => void): Promise<void> {
  await use('Rust with Cargo', ['--version']);
  await cachedFolder(rustFolder(), async partial => {
    log('Fetching the driver of Rust …');
    const cwd = join(partial, 'example');
    const env = { ...process.env, ...cargoEnvironment(partial) };
    mkdirSync(join(cwd, 'src'), { recursive: true });
    copyFileSync(CARGO_FILE, join(cwd, 'Cargo.toml'));
    writeFileSync(join(cwd, 'src', 'main.rs'), 'fn main() {}\n');
    const pinned = ['update', '--quiet', 'scylla', '--precise', RUST_VERSION];
    await use('Rust with Cargo', pinned, { cwd, env });
    await use('Rust with Cargo', ['fetch', '--quiet'], { cwd, env });
  });
}
