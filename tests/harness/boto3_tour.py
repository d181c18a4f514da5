# A tour through SES v2, SES v1 and STS with boto3: endpoint as the only argument, credentials from the environment.
# Prints how many calls were answered as they should be.
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

calls = 0


def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="us-east-1", config=Config(retries={"max_attempts": 0}))


def ok(answer):
    global calls
    calls += 1
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200, answer
    assert len(answer["ResponseMetadata"]["RequestId"]) == 36, answer
    return answer


def refused(code, call, **arguments):
    global calls
    calls += 1
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error
    raise SystemExit(f"{call} was not refused")


sts = client("sts")
who = ok(sts.get_caller_identity())
assert (who["Account"], who["Arn"]) == ("111122223333", "arn:aws:iam::111122223333:root"), who
refused("NotImplemented", sts.get_session_token)

ses = client("ses")
token = ok(ses.verify_domain_identity(Domain="boto.test"))["VerificationToken"]
tokens = ok(ses.verify_domain_dkim(Domain="boto.test"))["DkimTokens"]
ok(ses.verify_email_identity(EmailAddress="ann@boto.test"))
assert ok(ses.list_identities())["Identities"] == ["ann@boto.test", "boto.test"]
pages = list(ses.get_paginator("list_identities").paginate(PaginationConfig={"PageSize": 1}))
assert [name for page in pages for name in page["Identities"]] == ["ann@boto.test", "boto.test"], pages
found = ok(ses.get_identity_verification_attributes(Identities=["boto.test"]))["VerificationAttributes"]
assert found == {"boto.test": {"VerificationStatus": "Pending", "VerificationToken": token}}, found
dkim = ok(ses.get_identity_dkim_attributes(Identities=["boto.test"]))["DkimAttributes"]["boto.test"]
assert dkim == {"DkimEnabled": True, "DkimVerificationStatus": "Pending", "DkimTokens": tokens}, dkim
ok(ses.set_identity_dkim_enabled(Identity="boto.test", DkimEnabled=False))
ok(ses.set_identity_mail_from_domain(Identity="boto.test", MailFromDomain="mail.boto.test"))
where = ok(ses.get_identity_mail_from_domain_attributes(Identities=["boto.test"]))["MailFromDomainAttributes"]["boto.test"]
assert where["MailFromDomain"] == "mail.boto.test" and where["BehaviorOnMXFailure"] == "UseDefaultValue", where
ok(ses.set_identity_feedback_forwarding_enabled(Identity="boto.test", ForwardingEnabled=False))
notes = ok(ses.get_identity_notification_attributes(Identities=["boto.test"]))["NotificationAttributes"]["boto.test"]
assert notes["ForwardingEnabled"] is False, notes

ok(ses.create_configuration_set(ConfigurationSet={"Name": "boto"}))
ses_errors = ses.exceptions
try:
    ses.create_configuration_set(ConfigurationSet={"Name": "boto"})
    raise SystemExit("created twice")
except ses_errors.ConfigurationSetAlreadyExistsException:
    calls += 1
ok(ses.update_configuration_set_sending_enabled(ConfigurationSetName="boto", Enabled=True))
ok(ses.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName="boto", Enabled=True))
ok(ses.put_configuration_set_delivery_options(ConfigurationSetName="boto", DeliveryOptions={"TlsPolicy": "Require"}))
asked = ["deliveryOptions", "reputationOptions", "trackingOptions", "eventDestinations"]
described = ok(ses.describe_configuration_set(ConfigurationSetName="boto", ConfigurationSetAttributeNames=asked))
assert described["DeliveryOptions"] == {"TlsPolicy": "Require"} and described["ReputationOptions"]["ReputationMetricsEnabled"], described
assert ok(ses.list_configuration_sets())["ConfigurationSets"] == [{"Name": "boto"}]

body = {"Subject": {"Data": "Grüße <&>"}, "Body": {"Text": {"Data": "a + b\r\n% é"}, "Html": {"Data": "<p>ü</p>"}}}
sent = ok(ses.send_email(Source="ann@boto.test", Destination={"ToAddresses": ["b@far.test"]}, Message=body, Tags=[{"Name": "k", "Value": "v"}]))
assert sent["MessageId"] == "message-1", sent
raw = b"From: ann@boto.test\r\nTo: b@far.test\r\nX-SES-TENANT: acme\r\nSubject: x\r\n\r\n\xff+/= body"
assert ok(ses.send_raw_email(RawMessage={"Data": raw}, ConfigurationSetName="boto"))["MessageId"] == "message-2"
ok(ses.send_raw_email(Source="ann@boto.test", Destinations=["c@far.test"], RawMessage={"Data": raw}))
refused("InvalidParameterValue", ses.send_raw_email, RawMessage={"Data": b"x" * (10 * 1024 * 1024 + 1)})
assert ok(ses.get_send_quota())["Max24HourSend"] == ok(client("sesv2").get_account())["SendQuota"]["Max24HourSend"]
ok(ses.get_send_statistics())
ok(ses.update_account_sending_enabled(Enabled=False))
assert ok(ses.get_account_sending_enabled())["Enabled"] is False
ok(ses.update_account_sending_enabled(Enabled=True))
refused("ConfigurationSetDoesNotExist", ses.describe_configuration_set, ConfigurationSetName="none")
refused("NotImplemented", ses.list_receipt_filters)

template = {"TemplateName": "boto", "SubjectPart": "Hi {{name}}", "TextPart": "Dear {{name}}"}
ok(ses.create_template(Template=template))
assert ok(ses.get_template(TemplateName="boto"))["Template"] == template
assert "Dear Ann" in ok(ses.test_render_template(TemplateName="boto", TemplateData='{"name":"Ann"}'))["RenderedTemplate"]
refused("MissingRenderingAttribute", ses.test_render_template, TemplateName="boto", TemplateData="{}")
ok(ses.delete_template(TemplateName="boto"))
topic = {"TopicARN": "arn:aws:sns:us-east-1:111122223333:events"}
destination = {"Name": "topic", "Enabled": True, "MatchingEventTypes": ["send", "bounce"], "SNSDestination": topic}
ok(ses.create_configuration_set_event_destination(ConfigurationSetName="boto", EventDestination=destination))
described = ok(ses.describe_configuration_set(ConfigurationSetName="boto", ConfigurationSetAttributeNames=asked))
assert described["EventDestinations"] == [destination], described
ok(ses.delete_configuration_set_event_destination(ConfigurationSetName="boto", EventDestinationName="topic"))

sesv2 = client("sesv2")
assert ok(sesv2.get_email_identity(EmailIdentity="boto.test"))["DkimAttributes"]["Tokens"] == tokens
assert ok(sesv2.get_configuration_set(ConfigurationSetName="boto"))["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
assert [row["IdentityName"] for row in ok(sesv2.list_email_identities())["EmailIdentities"]] == ["ann@boto.test", "boto.test"]
simple = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "y"}}}}
ok(sesv2.send_email(FromEmailAddress="ann@boto.test", Destination={"ToAddresses": ["b@far.test"]}, Content=simple))
refused("NotFoundException", sesv2.get_configuration_set, ConfigurationSetName="none")

ok(ses.delete_configuration_set(ConfigurationSetName="boto"))
ok(ses.delete_identity(Identity="boto.test"))
refused("NotFoundException", sesv2.get_email_identity, EmailIdentity="boto.test")
print(calls)
