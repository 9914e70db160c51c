import type { ClientFieldsFragment } from '../../../kit/api/workspace.generated.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

/** A list of clients. */
export const ClientTable = ({ clients }: { readonly clients: readonly ClientFieldsFragment[] }) => (
	<div className="table">
		<table className="cards">
			<caption className="said">Clients</caption>
			<thead>
				<tr>
					<th scope="col">Name</th>
					<th scope="col">E-mail</th>
					<th scope="col">State</th>
					<th scope="col">Since</th>
				</tr>
			</thead>
			<tbody>
				{clients.map(({ id, name, email, status, createdAt }) => (
					<tr key={id}>
						<th scope="row">
							<a href={`#/clients/${id}`}>
								<VisibleText text={name} />
							</a>
						</th>
						<td data-label="E-mail">{email ? <VisibleText text={email} /> : <span className="quiet">—</span>}</td>
						<td data-label="State">
							<span className={status === 'ACTIVE' ? 'badge good' : 'badge'}>
								{status === 'ACTIVE' ? 'Active' : 'Archived'}
							</span>
						</td>
						<td data-label="Since">
							<Time at={createdAt} show="day" />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	</div>
);
