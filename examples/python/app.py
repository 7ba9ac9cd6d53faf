"""The shop of the README, in Python: its templates are the same, byte for byte. The app in cdk.json is `.venv/bin/python app.py`."""
from aws_cdk import App, Duration, Stack
from cdk_golden_path import (
    Audience, BackupVault, Gate, Ingress, ManagedPostgres, Migrations, Notify, ObservabilityBundle, PipelineStack,
    PlatformBucket, PlatformEnvironments, PlatformNetwork, PlatformQueue, PlatformService, PlatformStage, PostgresVersion, Rollout,
    SecurityChecks, ServiceImage,
)


class Shop(PlatformStage):
    def __init__(self, scope, id, *, environment):
        super().__init__(scope, id, environment=environment)
        stack = Stack(self, "Shop")
        network = PlatformNetwork(stack, "Network")
        image = ServiceImage.from_directory("services/api")
        orders = ManagedPostgres(
            stack, "Orders",
            vpc=network.vpc,
            version=PostgresVersion.V17,
            migrations=Migrations.typeorm(image=image, directory="services/api/src/migrations"),
        )
        uploads = PlatformBucket(stack, "Uploads")
        emails = PlatformQueue(stack, "Emails")

        api = PlatformService(
            stack, "Api",
            vpc=network.vpc,
            image=image,
            config=environment.config("api"),
            ingress=Ingress.https(domain=environment.domain, open_to=Audience.internet()),
            rollout=Rollout.canary(percent=10, step_bake=Duration.minutes(5)),
        )
        api.connect_to(orders, uploads, emails)

        BackupVault(stack, "Backups").protect(orders, uploads)
        watch = ObservabilityBundle(stack, "Watch", team="Shop", notify=Notify.email("shop@example.com"))
        watch.watch(api, orders, uploads, emails)


app = App()
environments = PlatformEnvironments.from_directory("config")
delivery = PipelineStack(
    app, "Delivery",
    repository="acme/shop", owner_id="1234567", repository_id="7654321",
    install_command="python3 -m venv .venv && .venv/bin/pip install --requirement requirements.txt",
    build_command="",
    test_command=".venv/bin/python -m pytest",
    synth_command="npx --yes aws-cdk@2.1148.1 synth '**' --quiet --no-lookups --no-notices --output cdk.out",
)
delivery.deploy(Shop(app, "Dev", environment=environments.named("dev")))
delivery.deploy(Shop(app, "Staging", environment=environments.named("staging")))
delivery.deploy(Shop(app, "Prod", environment=environments.named("prod")), gate=Gate.approval())
SecurityChecks.install(app)
app.synth()
