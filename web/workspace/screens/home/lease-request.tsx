import { showConstant, showMinutes } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { CLASS_WORDS } from '../../jobs/job-words.ts';
import type { LeaseTerms } from '../../needs/use-needs-me.ts';

/** Milliseconds: a request that no one decides lapses. */
const LAPSES = 24 * 3_600_000;

/** One request, whole. */
export function LeaseRequest({ request }: { readonly request: LeaseTerms }) {
	const lapses = new Date(Date.parse(request.requestedAt) + LAPSES);
	const isStale = lapses.getTime() < Date.now();
	const heading = `request-${request.id}`;
	return (
		<article className="lease-request card stack tight" aria-labelledby={heading}>
			<h3 id={heading}>
				{showConstant(request.purpose)}, asked <Time at={request.requestedAt} />
			</h3>
			{isStale && <p className="note warn">This request is stale: nobody decided within 24 hours, so it lapses.</p>}
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
					a person of the platform, account <code>{request.requestedById}</code>
				</dd>
				<dt>May read</dt>
				<dd>{request.classes.map((each) => CLASS_WORDS[each]).join(', ')}</dd>
				<dt>Fields</dt>
				<dd>{request.coordinates === null ? 'all of these' : <code>{request.coordinates.join(', ')}</code>}</dd>
				<dt>Records</dt>
				<dd>
					{request.recordIds === null ? (
						'all records of your firm'
					) : (
						<details>
							<summary>{request.recordIds.length === 1 ? 'one record' : `${request.recordIds.length} records`}</summary>
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
				<dt>For</dt>
				<dd>
					{showMinutes(request.minutes)} from the activation,{' '}
					{request.readBudget === null
						? 'without a limit of values'
						: `at most ${request.readBudget.toLocaleString()} values`}
				</dd>
				<dt>Decide by</dt>
				<dd>
					<Time at={lapses.toISOString()} />
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
