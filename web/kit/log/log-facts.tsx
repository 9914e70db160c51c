import type { ReactNode } from 'react';
import { Fact } from '../parts/index.ts';
import { Time } from '../text/time.tsx';
import type { LogSummary } from './log-summary.ts';

interface LogFactsProps {
	readonly summary: LogSummary;
	/** More facts. */
	readonly children?: ReactNode;
}

/** The signed state that was accepted last, for comparing it with that of another person. */
export function LogFacts({ summary: { head, origin, vkeys }, children }: LogFactsProps) {
	return (
		<dl className="facts">
			<Fact name="Log">
				<span className="mono">{origin}</span>
			</Fact>
			<Fact name="Entries">{head.size.toLocaleString()}</Fact>
			<Fact name="Root">
				<span className="mono">{head.root}</span>
			</Fact>
			<Fact name="Signed">
				<Time at={head.createdAt} show="second" />
			</Fact>
			<Fact name={vkeys.length === 1 ? 'Key' : 'Keys'}>
				{vkeys.map((key) => (
					<p className="mono" key={key}>
						{key}
					</p>
				))}
			</Fact>
			{children}
		</dl>
	);
}
