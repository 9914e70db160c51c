export const Console = () => <p>Console</p>;
