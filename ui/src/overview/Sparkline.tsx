/** A line the size of a word that shows how a number went. It has no words: the chart of the tile has them. */
interface SparklineProps {
  values: (number | null)[];
}

const WIDTH = 120;
const HEIGHT = 28;
const PAD = 2;

export function Sparkline({ values }: SparklineProps) {
  const known = values.filter((value): value is number => value !== null);
  const low = Math.min(0, ...known);
  const high = Math.max(...known, low + Number.EPSILON);
  const x = (index: number) => PAD + (index * (WIDTH - 2 * PAD)) / Math.max(1, values.length - 1);
  const y = (value: number) => HEIGHT - PAD - ((value - low) * (HEIGHT - 2 * PAD)) / (high - low || 1);
  let line = "";
  let pen = false;
  values.forEach((value, index) => {
    // A gap stays a gap: no line is drawn over buckets without a number.
    if (value !== null) line += `${pen ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = value !== null;
  });
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      width="100%"
      height={HEIGHT}
      aria-hidden="true"
    >
      {known.length > 1 && (
        <path
          d={line}
          fill="none"
          stroke="var(--accent)"
          strokeWidth={1.6}
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
