import { VisibleText } from '../../kit/text/visible-text.tsx';
import { scopeInWords } from '../content/scope-in-words.ts';
import { type LeaseDraft, scopeOf } from './lease-draft.ts';

/** The request as the people who decide will understand it. */
export function ScopeSummary({ draft, firm }: { readonly draft: LeaseDraft; readonly firm: string }) {
	const budget = draft.budget.trim();
	return (
		<section className="card stack tight" aria-label="What you ask for, in words">
			<p>
				<strong>What you ask for</strong>
			</p>
			<ul aria-live="polite">
				{draft.fields.length === 0 && <li>Nothing yet.</li>}
				{draft.fields.length > 0 &&
					scopeInWords(scopeOf(draft), firm).map((sentence) => (
						<li key={sentence}>
							<VisibleText text={sentence} />
						</li>
					))}
				<li>
					{budget === '' ? 'As many values as you like' : `At most ${budget} values`}, for {draft.minutes || '…'}{' '}
					minutes from the activation.
				</li>
			</ul>
		</section>
	);
}
