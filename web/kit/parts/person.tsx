import { visibleLine } from '../text/visible-line.ts';
import { VisibleText } from '../text/visible-text.tsx';

/** A person by name; the address tells persons of the same name apart. */
export function Person({
	person,
}: {
	readonly person: { readonly name: string; readonly email?: string } | null | undefined;
}) {
	if (!person) return <span className="quiet">unknown</span>;
	return (
		<span title={person.email && visibleLine(person.email)}>
			<VisibleText text={person.name} />
		</span>
	);
}
