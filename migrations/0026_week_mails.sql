CREATE TABLE `mail_templates` (
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`changed_by` text NOT NULL,
	`changed_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`account_id`, `kind`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`changed_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `mails` ADD `planned_for` integer;--> statement-breakpoint
ALTER TABLE `mails` ADD `held_by` text;--> statement-breakpoint
ALTER TABLE `mails` ADD `calendar` text;--> statement-breakpoint
CREATE INDEX `mails_planned` ON `mails` (`state`,`planned_for`);--> statement-breakpoint
CREATE INDEX `mails_host` ON `mails` (`week_host_id`);--> statement-breakpoint
ALTER TABLE `sandbox_mails` ADD `calendar` text;