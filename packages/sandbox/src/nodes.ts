/** The nodes that the sandbox says it has: one machine, shown as three, so that pods spread as they would. */
export const NODE_NAMES = ['sandbox-a', 'sandbox-b', 'sandbox-c'] as const;

/** The node of a pod, by the number at the end of its name; pods without one are on the first. */
export function nodeOf(podName: string): string {
  const ordinal = Number(/-(\d+)$/.exec(podName)?.[1] ?? 0);
  return NODE_NAMES[ordinal % NODE_NAMES.length];
}
