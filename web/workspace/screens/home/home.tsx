import { useTitle } from '../../../kit/parts/index.ts';
import { Notices } from '../../notices/notices.tsx';
import { useViewer } from '../../viewer.ts';
import { NewestMessages } from './newest-messages.tsx';
import { OwnerHome } from './owner-home.tsx';
import { SharedDocuments } from './shared-documents.tsx';
import { SharedInvoices } from './shared-invoices.tsx';
import './home.css';

/** The first screen: what waits for this person, and what is new. */
export function Home() {
	const { role } = useViewer();
	const title = role === 'CLIENT' ? 'What is new' : 'What needs me';
	useTitle(title);
	return (
		<>
			<h1>{title}</h1>
			{role === 'OWNER' && <OwnerHome />}
			{role === 'MEMBER' && <Notices />}
			{role !== 'OWNER' && <NewestMessages />}
			{role === 'CLIENT' && (
				<>
					<SharedDocuments />
					<SharedInvoices />
				</>
			)}
		</>
	);
}
