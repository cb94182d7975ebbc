import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findIgnite, silentLog } from '@ringfence/data-plane';

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** The bundle's own program for Java, with the jars that the nodes run from instead of Maven's. */
export class JavaClient {
  private constructor(
    private readonly bundle: string,
    private readonly java: string,
    private readonly classPath: string,
  ) {}

  /** Compiles it. */
  static async compile(bundle: string): Promise<JavaClient> {
    const found = await findIgnite({ log: silentLog });
    if (!found.available) throw new Error(found.why);
    const classes = join(bundle, 'java', 'classes');
    await mkdir(classes, { recursive: true });
    const jars = join(found.classPathDir, '*');
    await run(
      found.java.replace(/java$/, 'javac'),
      ['-cp', jars, '-d', classes, 'java/src/main/java/Example.java'],
      { cwd: bundle, timeout: TIMEOUT_MS },
    );
    return new JavaClient(bundle, found.java, `${classes}:${jars}`);
  }

  /** @throws with what it says where it does not come in */
  async run(password: string, bundle = this.bundle): Promise<string> {
    const { stdout } = await run(
      this.java,
      [
        ...['-Xmx128m', '-XX:TieredStopAtLevel=1'],
        '--add-opens=java.base/java.nio=ALL-UNNAMED',
        ...['-cp', this.classPath, 'Example'],
      ],
      {
        timeout: TIMEOUT_MS,
        env: {
          PATH: process.env.PATH,
          IGNITE_PASSWORD: password,
          RINGFENCE_BUNDLE: bundle,
        },
      },
    );
    return stdout;
  }
}
