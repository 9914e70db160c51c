import type { ReactNode } from 'react';
import { useLive } from '../../../kit/events/use-live.ts';
import { Empty, ErrorNote, Fact } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

export type FactRow = readonly [label: string, value: ReactNode];

const KINDS = ['RECORD'];

interface RecordViewProps {
	/** Such as Note. */
	readonly kind: string;
	/** What it is called, by metadata. Null while it is not known. */
	readonly name: string | null;
	readonly id: string;
	/** The list that it is from. */
	readonly back: readonly [href: string, name: string];
	readonly query: { readonly loading: boolean; readonly error?: unknown; readonly refetch: () => Promise<unknown> };
	readonly facts: readonly FactRow[];
	readonly children: ReactNode;
}

/** One record: its metadata, and below it what the caller adds. */
export function RecordView({ kind, name, id, back, query, facts, children }: RecordViewProps) {
	const { loading, error, refetch } = query;
	useLive(KINDS, refetch, id);
	const [href, listName] = back;
	return (
		<article className="stack wide">
			<div>
				<p>
					<a href={`#${href}`}>{listName}</a>
				</p>
				<h2>{name === null ? kind : <VisibleText text={name} />}</h2>
			</div>
			{error ? <ErrorNote error={error} onRetry={refetch} /> : null}
			{name === null && loading && <p role="status">Loading …</p>}
			{name === null && !loading && !error && (
				<Empty>
					<p>There is no such {kind.toLowerCase()}: it was deleted, or the address is wrong.</p>
				</Empty>
			)}
			{name !== null && (
				<>
					<section className="stack tight" aria-label="Metadata">
						<h3>Metadata</h3>
						<dl className="facts">
							{[...facts, ['Id', <code key="id">{id}</code>] as const].map(([label, value]) => (
								<Fact key={label} name={label}>
									{value ?? '—'}
								</Fact>
							))}
						</dl>
					</section>
					{children}
				</>
			)}
		</article>
	);
}
