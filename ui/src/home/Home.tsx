/** What a person sees first. */
export function Home() {
  return <h1>pinstripe</h1>;
}
