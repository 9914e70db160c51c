import type { LeaseDetailsFragment } from '../../kit/api/operator.generated.ts';
import { showMinutes } from '../../kit/text/amounts.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { classNameOf, fieldInWords } from '../content/content-fields.ts';
import { scopeInWords } from '../content/scope-in-words.ts';

type Scope = Pick<LeaseDetailsFragment, 'classes' | 'coordinates' | 'recordIds' | 'readBudget' | 'minutes'>;

/** What a lease opens: in sentences, and then every class, field and record by name and id. */
export function LeaseScope({ lease, firm }: { readonly lease: Scope; readonly firm: string }) {
	const { classes, coordinates, recordIds, readBudget, minutes } = lease;
	return (
		<div className="stack tight">
			<ul>
				{scopeInWords(lease, firm).map((sentence) => (
					<li key={sentence}>
						<VisibleText text={sentence} />
					</li>
				))}
				<li>
					{readBudget === null
						? 'As many values as the requester likes'
						: `At most ${readBudget} values, repeats included`}
					, for {showMinutes(minutes)} from the activation.
				</li>
			</ul>
			<p>
				<strong>Classes:</strong> {classes.map(classNameOf).join(', ')}
			</p>
			{coordinates && (
				<details open={coordinates.length <= 8}>
					<summary>
						{coordinates.length} {coordinates.length === 1 ? 'field' : 'fields'}
					</summary>
					<ul>
						{coordinates.map((coordinate) => (
							<li key={coordinate}>
								{fieldInWords(coordinate)} <span className="mono quiet">{coordinate}</span>
							</li>
						))}
					</ul>
				</details>
			)}
			{recordIds && (
				<details open={recordIds.length <= 8}>
					<summary>
						{recordIds.length} {recordIds.length === 1 ? 'record' : 'records'}
					</summary>
					<ul className="mono">
						{recordIds.map((id) => (
							<li key={id}>{id}</li>
						))}
					</ul>
				</details>
			)}
		</div>
	);
}
