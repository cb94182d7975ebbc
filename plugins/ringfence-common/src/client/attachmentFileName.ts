/**
 * The file name in a `content-disposition` header.
 *
 * @returns undefined where there is none, or one with a path in it
 */
export function attachmentFileName(
  disposition: string | null,
): string | undefined {
  const name = disposition?.match(/filename="([^"]+)"/)?.[1];
  return name && !/[\\/]/.test(name) ? name : undefined;
}
