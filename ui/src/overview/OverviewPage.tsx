/** The page Payments overview. */
export default function OverviewPage() {
  return <p>Payments overview</p>;
}
