import type { LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { visibleLine } from '../../../kit/text/visible-line.ts';
import { scopeInWords } from '../../needs/scope-in-words.ts';

/** Requests that no one has decided yet. */
export function ToDecide({ requested }: { readonly requested: readonly LeaseTermsFragment[] }) {
	if (requested.length === 0) return null;
	return (
		<section className="stack" aria-labelledby="asked">
			<h2 id="asked">Asked for, and not decided</h2>
			{requested.map((lease) => (
				<article
					className="card row apart"
					key={lease.id}
					aria-label={visibleLine(`Request ${lease.ticket ?? lease.id}`)}
				>
					<div>
						<p>{scopeInWords(lease)}</p>
						<p className="quiet">
							{showConstant(lease.purpose)}, asked <Time at={lease.requestedAt} />
						</p>
					</div>
					<a className="button primary" href={`#/access/${lease.id}`}>
						Read and decide
					</a>
				</article>
			))}
		</section>
	);
}
