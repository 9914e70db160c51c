import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useFirm } from './firm-context.ts';

/** The clients that see a record in the portal. */
export function SharedWith({
	clients,
}: {
	readonly clients: readonly { readonly id: string; readonly name: string }[];
}) {
	const { firm } = useFirm();
	if (clients.length === 0) return <>No client</>;
	return (
		<ul className="inline">
			{clients.map(({ id, name }) => (
				<li key={id}>
					<a href={`#/firms/${firm.id}/clients/${id}`}>
						<VisibleText text={name} />
					</a>
				</li>
			))}
		</ul>
	);
}
