/** The page Connections. */
export default function ConnectionsPage() {
  return null;
}
