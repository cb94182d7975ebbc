/** Longest wait for what a Kubernetes cluster does in the background. */
const PATIENCE_MS = 30_000;

/** Tries until `assertion` passes; fails with its last error. */
export async function eventually(
  assertion: () => Promise<void>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}
