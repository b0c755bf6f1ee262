/** The page Runs. */
export default function RunsPage() {
  return null;
}
