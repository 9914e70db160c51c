import { Empty, useTitle } from '../../../kit/parts/index.ts';
import { useKept } from '../../../kit/use-kept.ts';
import { FirmSelect } from '../../firms/index.ts';
import { FirmLog } from './firm-log.tsx';
import { RootHealth } from './root-health.tsx';

/** The checks of the log: that it only grows, and that its entries are those that were signed. */
export function CheckPage() {
	useTitle('Check the log');
	const [firm, setFirm] = useKept('log-check', '');
	return (
		<>
			<p>
				<a href="#/log">The audit log</a>
			</p>
			<header>
				<h1>Check the log</h1>
			</header>
			<p className="reading">
				This browser reads every entry of a firm’s log, computes the root itself, and compares it with the signed
				checkpoint and with the one that it kept from your last visit. On a first visit it must believe the server’s
				key: compare that with one you were given another way.
			</p>
			<RootHealth />
			<FirmSelect value={firm} none="Choose a firm" onChange={setFirm} />
			{firm === '' ? (
				<Empty>
					<p>Choose the firm whose log you want to check.</p>
				</Empty>
			) : (
				<FirmLog key={firm} firm={firm} />
			)}
		</>
	);
}
