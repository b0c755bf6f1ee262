/**
 * What is typed into a field that also shows what is in force: it begins anew when that changes, and keeps the focus.
 * Read next: ColumnFilter.tsx.
 */
import { useState } from "react";

export function useFollowing(value: string, inForce: string): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(inForce);
  if (seen !== inForce) {
    setSeen(inForce);
    setTyped(value);
  }
  return [typed, setTyped];
}
