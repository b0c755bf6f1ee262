/** Said of a key that may do anything to its account: it works, and there is a better one. */
import { Alert, Text } from "@mantine/core";
import { TriangleAlert } from "lucide-react";

export function WriteWarning() {
  return (
    <Alert variant="light" color="yellow" icon={<TriangleAlert size={16} />} p="xs" role="note">
      <Text size="sm">
        This is a secret key: whoever has it can change things in the account, refund payments for example. It
        works, but pinstripe only reads. Make a restricted key on Stripe's key page and use that instead.
      </Text>
    </Alert>
  );
}
