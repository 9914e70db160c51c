import type { BreakGlassLeasesQuery } from '../../../kit/api/workspace.generated.ts';

interface UnlistedLeasesProps {
	readonly leases: BreakGlassLeasesQuery['breakGlassLeases'];
	/** The leases that the verified log names. */
	readonly logged: readonly string[];
}

/** Whether every lease that the log names is in the list: by number as long as not all pages are loaded, and then one by one. */
export function UnlistedLeases({ leases: { nodes, pageInfo, totalCount }, logged }: UnlistedLeasesProps) {
	const listed = new Set(nodes.map(({ id }) => id));
	const unlisted = pageInfo.hasNextPage ? [] : logged.filter((id) => !listed.has(id));
	const count = pageInfo.hasNextPage ? Math.max(0, logged.length - (totalCount ?? 0)) : unlisted.length;
	if (count === 0)
		return (
			<p className="note good">
				{logged.length === 0
					? 'The log names no access to your content, and none is listed.'
					: `Every access that the log names is listed: ${logged.length.toLocaleString()}.`}
			</p>
		);
	return (
		<div className="note bad stack tight" role="alert">
			<p>
				<strong>The log names access that is not listed below: {count.toLocaleString()}.</strong> Do not rely on the
				list: export the log, and show both to someone who is not of the platform.
			</p>
			{unlisted.map((id) => (
				<p className="mono" key={id}>
					{id}
				</p>
			))}
		</div>
	);
}
