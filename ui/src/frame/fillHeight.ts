/**
 * The height from an element's top to the bottom of the window, for parts of the page that scroll by themselves.
 * Measured before the first paint, so that nothing moves. Read next: Table.tsx.
 */
import { type RefObject, useLayoutEffect, useState } from "react";

const BOTTOM = 16;
const LEAST = 320;

export function useFillHeight(element: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(LEAST);
  useLayoutEffect(() => {
    const measure = () => {
      const top = element.current?.getBoundingClientRect().top ?? 0;
      setHeight(Math.max(LEAST, Math.floor(window.innerHeight - Math.max(0, top) - BOTTOM)));
    };
    measure();
    window.addEventListener("resize", measure);
    // What stands above may grow: a note, a second line of tabs.
    const observer = new ResizeObserver(measure);
    const parent = element.current?.parentElement;
    for (const sibling of parent?.children ?? []) if (sibling !== element.current) observer.observe(sibling);
    return () => {
      window.removeEventListener("resize", measure);
      observer.disconnect();
    };
  }, [element]);
  return height;
}
