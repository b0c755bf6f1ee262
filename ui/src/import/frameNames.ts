/** Names proposed for new data frames. Whether a name may be is the server's to say. */

/** Frames' names differ by more than their case. */
export const sameName = (left: string, right: string) =>
  left.trim().toLowerCase() === right.trim().toLowerCase();

/** `charges`, or `charges_2` where that is taken. */
export function proposedName(base: string, taken: string[]): string {
  const free = (name: string) => !taken.some((each) => sameName(each, name));
  if (free(base)) return base;
  let count = 2;
  while (!free(`${base}_${count}`)) count += 1;
  return `${base}_${count}`;
}
