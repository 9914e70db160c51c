import type { BreakGlassLeasesQuery } from '../../../kit/api/workspace.generated.ts';

/** Joins the next page to the leases that are shown. */
export const withPage = (
	{ breakGlassLeases: shown }: BreakGlassLeasesQuery,
	{ fetchMoreResult: { breakGlassLeases: page } }: { readonly fetchMoreResult: BreakGlassLeasesQuery },
): BreakGlassLeasesQuery => ({ breakGlassLeases: { ...shown, ...page, nodes: [...shown.nodes, ...page.nodes] } });
