/** Instead of a button to approve: the hash that the server states is not that of the request on the page. */
export const HashMismatch = () => (
	<p className="note bad" role="alert">
		What is shown is not exactly what the hash of the request covers, so it cannot be approved here. Deny it, or ask the
		platform.
	</p>
);
