/** All items of an operation that answers page by page. */
export async function pages<Page extends { NextToken?: string }, Item>(
  ask: (NextToken: string | undefined) => Promise<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  for (let token: string | undefined; ;) {
    const page = await ask(token);
    found.push(...(items(page) ?? []));
    if (!page.NextToken) {
      return found;
    }
    token = page.NextToken;
  }
}
