import { lapsesAt } from '../../../kit/lease/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { limitsInWords, scopeInWords } from '../../needs/scope-in-words.ts';
import type { LeaseTerms } from '../../needs/use-needs-me.ts';

/** One request, whole. */
export function LeaseRequest({ request }: { readonly request: LeaseTerms }) {
	const lapses = lapsesAt(request);
	const isStale = Date.parse(lapses) < Date.now();
	const heading = `request-${request.id}`;
	return (
		<article className="lease-request card stack tight" aria-labelledby={heading}>
			<h3 id={heading}>
				{showConstant(request.purpose)}, asked <Time at={request.requestedAt} />
			</h3>
			{isStale && <p className="note warn">This request is stale: no one decided within 24 hours, so it lapses.</p>}
			<blockquote>
				{request.reason === null ? (
					<span className="quiet">The reason was erased.</span>
				) : (
					<VisibleText text={request.reason} form="LINES" />
				)}
			</blockquote>
			<dl className="facts">
				<dt>Ticket</dt>
				<dd>{request.ticket === null ? 'erased' : <VisibleText text={request.ticket} />}</dd>
				<dt>Who asks</dt>
				<dd>
					Operator of the platform{' '}
					<span className="mono quiet" title={request.requestedById}>
						…{request.requestedById.slice(-8)}
					</span>
				</dd>
				<dt>What</dt>
				<dd>
					{scopeInWords(request)}
					{request.recordIds !== null && (
						<details>
							<summary>Which</summary>
							<ul>
								{request.recordIds.map((id) => (
									<li key={id}>
										<code>{id}</code>
									</li>
								))}
							</ul>
						</details>
					)}
				</dd>
				<dt>How much</dt>
				<dd>{limitsInWords(request)}</dd>
				<dt>Decide by</dt>
				<dd>
					<Time at={lapses} />
				</dd>
			</dl>
			<div>
				<a className="button primary" href={`#/access/${request.id}`}>
					Look at it and decide
				</a>
			</div>
		</article>
	);
}
