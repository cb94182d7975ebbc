import { strict as assert } from 'node:assert';

/** Runs named steps in order, prints a line for each and counts. */
export class Steps {
  passed = 0;
  failed = 0;

  /**
   * Runs one step; what it answers is printed behind its name.
   * After a failure the remaining steps are not run, since each needs those before.
   */
  async run(name: string, step: () => Promise<string | void>): Promise<void> {
    if (this.failed > 0) return;
    const start = Date.now();
    try {
      const detail = await step();
      this.passed += 1;
      this.print('ok', name, start, detail);
    } catch (error) {
      this.failed += 1;
      this.print('FAILED', name, start);
      process.stdout.write(`${(error as Error).stack}\n`);
    }
  }

  private print(
    state: string,
    name: string,
    start: number,
    detail?: string | void,
  ) {
    const time = `${((Date.now() - start) / 1000).toFixed(1)} s`.padStart(7);
    process.stdout.write(
      `${state.padEnd(6)} ${time}  ${name}${detail ? `: ${detail}` : ''}\n`,
    );
  }

  /** The closing line. */
  summary(): string {
    return `${this.passed} passed, ${this.failed} failed`;
  }
}

/** Asserts that `attempt` is refused, and that the refusal says what `pattern` asks for. */
export async function assertRefused(
  attempt: () => Promise<unknown>,
  pattern: RegExp,
): Promise<string> {
  let outcome: unknown;
  try {
    outcome = await attempt();
  } catch (error) {
    assert.match((error as Error).message, pattern);
    return (error as Error).message.split('\n')[0];
  }
  assert.fail(`expected a refusal, got ${JSON.stringify(outcome)}`);
}
