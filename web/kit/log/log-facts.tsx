import { Time } from '../text/time.tsx';
import type { LogSummary } from './log-summary.ts';

/** The signed state that was accepted last, for comparing it with that of another person. */
export function LogFacts({ summary }: { readonly summary: LogSummary }) {
	const { head, origin, vkeys } = summary;
	return (
		<dl className="facts lease-facts">
			<dt>Log</dt>
			<dd className="mono">{origin}</dd>
			<dt>Entries</dt>
			<dd>{head.size.toLocaleString()}</dd>
			<dt>Root</dt>
			<dd className="mono">{head.root}</dd>
			<dt>Signed</dt>
			<dd>
				<Time at={head.createdAt} show="second" />
			</dd>
			<dt>{vkeys.length === 1 ? 'Key' : 'Keys'}</dt>
			<dd className="mono">
				{vkeys.map((key) => (
					<p key={key}>{key}</p>
				))}
			</dd>
		</dl>
	);
}
