/** The server's text with what stands in backticks as code; everything else of it is plain text, whatever it holds. */
import { Code } from "@mantine/core";

export function Marked({ text }: { text: string }) {
  const parts = text.split("`");
  // A backtick without its other is only a backtick.
  if (parts.length % 2 === 0) return <>{text}</>;
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <Code key={index} style={{ overflowWrap: "anywhere" }}>
            {part}
          </Code>
        ) : (
          part
        ),
      )}
    </>
  );
}
